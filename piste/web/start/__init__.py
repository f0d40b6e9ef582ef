"""The first start: language, company, first admin."""
