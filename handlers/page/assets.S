/* The bytes of files that are compiled in, and how many there are. */
	.section .rodata
	.global asset_style, asset_style_len
asset_style:
	.incbin "handlers/page/style.css"
asset_style_end:
	.balign 4
asset_style_len:
	.long asset_style_end - asset_style
	.global asset_schemas, asset_schemas_len
asset_schemas:
	.incbin "handlers/openapi.json"
asset_schemas_end:
	.balign 4
asset_schemas_len:
	.long asset_schemas_end - asset_schemas
	.balign 4
	.global asset_land, asset_land_end
asset_land:
	.include "land.s"
asset_land_end:
	.balign 4
	.global asset_land_thin, asset_land_thin_end
asset_land_thin:
	.include "land-thin.s"
asset_land_thin_end:
	.global asset_script, asset_script_len
asset_script:
	.incbin "handlers/page/script.js"
asset_script_end:
	.balign 4
asset_script_len:
	.long asset_script_end - asset_script
	.section .note.GNU-stack, "", %progbits
