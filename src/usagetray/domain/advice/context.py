"""Fewer prompt tokens: what that saves, how much longer a limit lasts, and whether a tool that does it pays."""

from __future__ import annotations

from decimal import Decimal

from usagetray.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCut:
    """A bill before and after a share of the prompt is gone; output stays as it was unless it was cut too."""

    before: Decimal
    after: Decimal

    @property
    def saving(self) -> Decimal:
        return self.before - self.after

    @property
    def saving_share(self) -> Decimal | None:
        """Of the whole bill: the cut times the prompt's share in it, never the cut itself."""
        return self.saving / self.before if self.before > 0 else None

    @property
    def stretch(self) -> Decimal | None:
        """How many times longer a limit lasts, weighed by price as limits are; None where nothing is left to pay."""
        return self.before / self.after if self.after > 0 else None


def cut(prompt: Decimal, output: Decimal, *, prompt_cut: Decimal, output_cut: Decimal = Decimal(0)) -> ContextCut:
    """`prompt` and `output` in dollars; cuts are shares, 0 to 1."""
    return ContextCut(before=prompt + output, after=prompt * (1 - prompt_cut) + output * (1 - output_cut))


def token_stretch(prompt: Decimal, output: Decimal, prompt_cut: Decimal) -> Decimal | None:
    """The same by raw tokens, as published figures often have it; limits weigh by price."""
    left = prompt * (1 - prompt_cut) + output
    return (prompt + output) / left if left > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that cuts a bill by a share, for a fee."""

    after: Decimal
    net: Decimal  # saved once its fee is paid; below 0 it costs more than it saves
    pays_from: Decimal | None  # the bill at which fee and saving are equal


def tool(bill: Decimal, share: Decimal, fee: Decimal) -> Tool:
    after = bill * (1 - share)
    return Tool(after=after, net=bill - after - fee, pays_from=fee / share if share > 0 else None)
