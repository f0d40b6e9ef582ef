"""Where the copy of what the insights read lies, in the data folder."""

COPY = "insights.columns"
