"""Advice: what one's own usage says about plans, caching, batches and models. Pure; the words for it are the views'."""
