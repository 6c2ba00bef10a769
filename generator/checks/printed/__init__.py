"""A finished text read as its readers read it: blocks of words in, remarks out; knows no workbook and no pack."""
