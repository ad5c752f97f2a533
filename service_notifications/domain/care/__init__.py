"""Customer care: texts are analysed, replies are checked, special cases are recognised."""
