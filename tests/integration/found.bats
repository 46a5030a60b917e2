#!/usr/bin/env bats
# Databases that programs of Debian keep, published where these keep them: each
# row is shown as sqlite3 reads it, each link leads to a sound page, and what
# the program changes is there at once.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/answers
load helpers/crawl
load helpers/same

setup()
{
	begin_test
	# none of these reads or writes anything elsewhere
	export HOME=$T USER=somebody
	cd "$T" || return
}

# serve FILE...
serve()
{
	start_squall --workers=1 --access-log=off --time-limit=20000 "$@"
	start_nginx
}

# crawl_tables N: more than N pages, all of them with one parameter at most, but
# for a value of a facet.
crawl_tables()
{
	crawl / '^[^?]*(\?[^&]*)?$|^[^?]*\?_facet[a-z_]*=[^&]*&[^&]*$'
	((PAGES > $1)) || fail "just $PAGES pages"
}

@test "Subversion: a working copy, and the cache of a repository" {
	svnadmin create repository
	svn checkout -q "file://$T/repository" copy
	mkdir -p 'copy/a, b~c'
	echo one >'copy/a, b~c/ä 100%.txt'
	svn add -q 'copy/a, b~c'
	svn propset -q kind text 'copy/a, b~c/ä 100%.txt'
	svn commit -q -m first copy
	svn update -q copy
	echo two >copy/two
	svn add -q copy/two
	serve copy/.svn/wc.db repository/db/rep-cache.db
	same_rows copy/.svn/wc.db wc
	same_rows repository/db/rep-cache.db rep-cache
	crawl_tables 1000
	get '/wc/NODES.json?local_relpath__endswith=.txt&_col=repos_id&_col=kind'
	is "$(jq -c .rows "$T/body")" \
	    '[{"wc_id":1,"local_relpath":"a, b~c/ä 100%.txt","op_depth":0,"repos_id":1,"kind":"file"}]'
	get '/wc/NODES/1,a~2C+b~7Ec~2F~C3~A4+100~25~2Etxt,0.json'
	is "$(jq -c '[.primary_key_values, .rows[0].presence]' "$T/body")" \
	    '[["1","a, b~c/ä 100%.txt","0"],"normal"]'
	get /wc/NODES/1,two,1
	has "$BODY" '<th scope="row">parent_relpath</th><td><span class="empty">empty</span></td>'
	has "$BODY" '<th scope="row">wc_id</th><td><a href="/wc/WCROOT/1">1</a></td>'
	# while it is published, it is worked in
	svn commit -q -m second copy
	get '/wc/NODES.json?local_relpath=two&_shape=arrays&_col=op_depth&_col=revision'
	is "$(jq -c .rows "$T/body")" '[[1,"two",0,2]]'
	get /rep-cache/rep_cache.json?_extra=count
	is "$(jq .count "$T/body")" "$(sqlite3 repository/db/rep-cache.db \
	    'SELECT count(*) FROM rep_cache')"
}

@test "Fossil: a repository and a checkout" {
	local id

	fossil init --admin-user somebody project.fossil >log
	mkdir checkout
	echo one >'checkout/o n e.txt'
	(
		cd checkout
		fossil open --force ../project.fossil
		fossil add 'o n e.txt'
		fossil commit -m 'The <first> one' --no-warnings
	) >>log
	serve project.fossil checkout/.fslckout
	same_rows project.fossil project
	same_rows checkout/.fslckout '~2Efslckout'
	crawl_tables 1000
	get '/project/event.json?_shape=arrays&_labels=on&_sort_desc=mtime&_size=1&_col=comment&_col=user'
	id=$(sqlite3 project.fossil 'SELECT max(objid) FROM event')
	is "$(jq -c .rows "$T/body")" "[[$id,\"The <first> one\",\"somebody\"]]"
	get '/project/tagxref.json?_labels=on&_shape=array&_col=tagid'
	is "$(jq -c '[.[].tagid.label]' "$T/body")" "$(sqlite3 project.fossil \
	    'SELECT json_group_array (tagname) FROM (SELECT tagname
	    FROM tagxref AS x JOIN tag USING (tagid) ORDER BY x.rowid)')"
	get "/project/blob/$id"
	has "$BODY" "<a rel=\"nofollow\" href=\"/project/plink?cid=$id\">1 row of plink</a> by cid"
	get '/~2Efslckout/vfile.csv?_col=pathname&_col=chnged'
	is "${BODY//$'\r'/}" $'id,pathname,chnged\n1,o n e.txt,0'
	# what the checkout refers to is in the repository
	get '/~2Efslckout/vfile/1'
	has "$BODY" "<th scope=\"row\">vid</th><td>$id</td>"
	echo two >>'checkout/o n e.txt'
	(cd checkout && fossil commit -m second --no-warnings) >>log
	get '/project/event.json?_shape=array&_sort_desc=mtime&_size=1'
	is "$(jq -r '.[0].comment' "$T/body")" second
}

@test "NSS, newsboat and the archives of sqlite3" {
	local feed key

	mkdir nss
	head -c 100 /dev/urandom >noise
	certutil -N -d sql:nss --empty-password
	certutil -S -d sql:nss -n 'Some CA' -s 'CN=Some CA' -x -t CT,C,C \
	    -k ec -q nistp256 -m 7 -z noise >log 2>&1
	cat >feed.xml <<-'END'
		<rss version="2.0"><channel><title>A &amp; B</title>
		<link>http://localhost/</link><item><title>First</title>
		<guid>g/1</guid><description>&lt;b&gt;text&lt;/b&gt;</description>
		<pubDate>Mon, 06 Jan 2020 10:00:00 GMT</pubDate></item>
		</channel></rss>
	END
	feed=file://$T/feed.xml
	echo "$feed" >urls
	: >config
	newsboat -u urls -C config -c news.db -x reload >>log
	mkdir 'a dir'
	printf '%01000d' 0 >'a dir/zeros'
	ln -s zeros 'a dir/link'
	sqlite3 archive.sqlar -Ac 'a dir'
	serve nss/cert9.db nss/key4.db news.db archive.sqlar
	same_rows nss/cert9.db cert9
	same_rows nss/key4.db key4
	same_rows news.db news
	same_rows archive.sqlar archive
	crawl_tables 1000
	# the names of columns are numbers of attributes, values are their bytes
	get /cert9/nssPublic.json
	has "$(jq -c '[.rows[].a3.encoded]' "$T/body")" \
	    "\"$(printf 'Some CA' | base64)\""
	get /news/rss_item.json?_col=title\&_col=pubDate\&_col=content
	is "$(jq -c .rows "$T/body")" \
	    '[{"id":1,"title":"First","pubDate":1578304800,"content":"<b>text</b>"}]'
	key=$(jq -rn --arg feed "$feed" '$feed | @uri | gsub("\\."; "%2E")
	    | gsub("%"; "~")')
	get "/news/rss_feed/$key.json"
	is "$(jq -c '.rows[0] | [.rssurl, .title]' "$T/body")" \
	    "[\"$feed\",\"A & B\"]"
	get '/archive/sqlar.json?sz__gt=999&_shape=arrays&_nocol=mtime&_nocol=mode'
	is "$(jq -c '.rows[0][:2]' "$T/body")" '["a dir/zeros",1000]'
	get /archive/sqlar/a+dir~2Flink
	has "$BODY" '<th scope="row">sz</th><td>-1</td>'
}

@test "RPM: the packages of a system, installed while they are published" {
	cat >some.spec <<-'END'
		Name: some
		Version: 1.2
		Release: 3
		Summary: A package
		License: MIT
		BuildArch: noarch
		Provides: weather = 5
		%description
		Text.
		%install
		mkdir -p %{buildroot}/usr/share/some
		echo hello >%{buildroot}/usr/share/some/hello.txt
		%files
		/usr/share/some
	END
	rpmbuild -bb --quiet --define "_topdir $T/build" \
	    --define "_dbpath $T/rpm" some.spec >log 2>&1
	rpm --define "_dbpath $T/rpm" --initdb
	serve rpm/rpmdb.sqlite
	get /rpmdb/Name.json?_extra=count
	is "$(jq -c '[.rows, .count]' "$T/body")" '[[],0]'
	rpm --define "_dbpath $T/rpm" -i --justdb --nodeps \
	    build/RPMS/noarch/some-1.2-3.noarch.rpm >>log 2>&1
	get /rpmdb/Name.json?key=some
	is "$(jq -c .rows "$T/body")" '[{"rowid":1,"key":"some","hnum":1,"idx":0}]'
	get /rpmdb/Name/1
	has "$BODY" '<th scope="row">hnum</th><td><a href="/rpmdb/Packages/1">1</a></td>'
	get /rpmdb/Packages/1
	has "$BODY" 'href="/rpmdb/Providename?hnum=1">2 rows of Providename</a> by hnum'
	same_rows rpm/rpmdb.sqlite rpmdb
	crawl_tables 300
	rpm --define "_dbpath $T/rpm" -e --justdb some >>log 2>&1
	get /rpmdb/Packages.json
	is "$(jq -c .rows "$T/body")" '[]'
}
