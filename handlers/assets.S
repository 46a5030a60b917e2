/* The bytes of the files that asset.c serves. */
	.section .rodata
	.global asset_style, asset_style_end
asset_style:
	.incbin "handlers/style.css"
asset_style_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
