"""The catalogues of other languages: kept in step with the texts in the code, complete, and free of slips."""
