// The rules of html-validate that the markup is not held to, each for a reason.
export const rules = {
	// what HTML says anyway need not be on the wire: submit, text
	'no-implicit-button-type': 'off',
	'no-implicit-input-type': 'off',
	// a table too wide for the window scrolls in a div that has a name and
	// takes the keyboard; as a <section> it would be part of the outline
	'prefer-native-element': ['error', { exclude: ['region'] }],
};
