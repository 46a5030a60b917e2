/* The bytes of the files that asset.c serves, and how many there are. */
	.section .rodata
	.global asset_style, asset_style_len
asset_style:
	.incbin "handlers/style.css"
asset_style_end:
	.balign 4
asset_style_len:
	.long asset_style_end - asset_style
	.section .note.GNU-stack, "", %progbits
