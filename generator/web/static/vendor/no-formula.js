/* The grid is asked to calculate nothing: it looks for this name when it starts, and finds that there are no formulas. */
var formula = null;
