-- For wrk: asks for the paths in the file PATHS, if there is one, in turn from
-- the one numbered START on, and prints the figures of the run as lines of
-- NAME VALUE: times in microseconds.
local file = os.getenv("PATHS")
local paths = {}
local at

if file then
	for line in io.lines(file) do
		paths[#paths + 1] = line
	end
	at = tonumber(os.getenv("START") or 0) % #paths
	function request()
		at = at % #paths + 1
		return wrk.format("GET", paths[at])
	end
end

function done(summary, latency)
	local e = summary.errors

	print("requests " .. summary.requests)
	print("duration " .. summary.duration)
	print("errors " .. e.connect + e.read + e.write + e.status + e.timeout)
	print("p50 " .. latency:percentile(50))
	print("p99 " .. latency:percentile(99))
	print("p999 " .. latency:percentile(99.9))
end
