"""Alibaba Cloud Coding Plan: the user's own requests counted against the plan they name; for experts, the console."""

from usagetray.providers.alibaba import console, counted
from usagetray.providers.contract import Provider

PROVIDER = Provider(
    id=counted.ID,
    name=counted.SOURCE,
    homes=None,
    strategies=(counted.STRATEGY, console.STRATEGY),
    hosts=tuple(
        f"{each}.aliyuncs.com" for each in ("dashscope", "dashscope-intl", "coding.dashscope", "coding-intl.dashscope")
    ),
    reads=(
        "Counts the requests that this computer’s logs show for the plan you name: usagetray config set "
        "providers.alibaba.plan pro (or lite). No network and no secret."
    ),
)
