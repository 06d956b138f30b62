"""The project's colours and letters as one style sheet for the settings window's ordinary widgets."""

from __future__ import annotations

from usagetray.views.popup import tokens as t
from usagetray.views.popup.widgets import Look

ROLES = {
    "title": (t.WINDOW_TITLE, "text"),
    "heading": (t.TITLE, "text"),
    "name": (t.NAME, "text"),
    "help": (t.BODY, "text2"),
    "note": (t.BODY, "text2"),
    "state": (t.BODY, "text2"),
    "strong": (t.BODY_STRONG, "text"),
    "caption": (t.CAPTION, "text3"),
    "wrong": (t.BODY, "crit"),
    "done": (t.BODY, "good"),
    "link": (t.BODY_STRONG, "link"),
}
"""What a label is for, as its property `role`."""


def style_sheet(look: Look) -> str:
    """Sizes grow with the system's letters."""
    p = look.palette

    def px(value: float) -> str:
        return f"{round(value * look.scale)}px"

    def type_of(style: t.TypeStyle) -> str:
        return f"font-size: {px(style.size)}; font-weight: {style.weight};"

    labels = "".join(
        f'QLabel[role="{role}"] {{ {type_of(style)} color: {p.colour(colour)}; background: transparent; }}\n'
        for role, (style, colour) in ROLES.items()
    )
    field = "QLineEdit, QSpinBox, QTimeEdit, QComboBox"
    focused = "QLineEdit:focus, QSpinBox:focus, QTimeEdit:focus, QComboBox:focus"
    return f"""
QWidget#settings, QWidget#page, QScrollArea {{ background: {p.bg}; border: none; }}
QWidget#side {{ background: {p.sunk}; border-right: 1px solid {p.line}; }}
QFrame#rule {{ background: {p.line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame#card {{ background: {p.bg}; border: 1px solid {p.edge}; border-radius: {px(t.CARD_RADIUS)}; }}
QFrame#well {{ background: {p.sunk}; border: none; border-radius: {px(t.CARD_RADIUS)}; }}
QFrame#inner {{ background: transparent; border: none; border-top: 1px solid {p.line}; }}
{labels}
QListWidget {{ background: transparent; border: none; outline: none; {type_of(t.NAME)} color: {p.text2}; }}
QListWidget::item {{ padding: {px(6)} {px(12)}; border-radius: {px(t.BUTTON_RADIUS)}; margin: 1px {px(4)}; }}
QListWidget::item:hover {{ color: {p.text}; }}
QListWidget::item:selected {{ background: {p.sel}; color: {p.text}; }}
{field} {{
    {type_of(t.NAME)} color: {p.text}; background: {p.bg}; border: 1px solid {p.ctl};
    border-radius: {px(t.BUTTON_RADIUS)}; padding: {px(5)} {px(9)};
    selection-background-color: {p.ok}; selection-color: {p.on};
}}
{focused} {{ border: 2px solid {p.link}; padding: {px(4)} {px(8)}; }}
QLineEdit[wrong="true"] {{ border: 2px solid {p.crit}; padding: {px(4)} {px(8)}; }}
QLineEdit:disabled, QSpinBox:disabled, QTimeEdit:disabled {{ color: {p.text3}; border-color: {p.line}; }}
QSpinBox QLineEdit, QTimeEdit QLineEdit, QSpinBox QLineEdit:focus, QTimeEdit QLineEdit:focus {{
    border: none; padding: 0px; background: transparent;
}}
QSpinBox::up-button, QSpinBox::down-button, QTimeEdit::up-button, QTimeEdit::down-button {{
    subcontrol-origin: border; width: 0px; height: 0px; border: none;
}}
QComboBox {{ padding-right: {px(26)}; }}
QComboBox::drop-down {{ border: none; width: {px(22)}; }}
QComboBox::down-arrow {{ image: none; width: 0px; height: 0px; }}
QComboBox QAbstractItemView {{
    {type_of(t.NAME)} color: {p.text}; background: {p.bg}; border: 1px solid {p.edge};
    selection-background-color: {p.sel}; selection-color: {p.text}; outline: none;
}}
QMessageBox {{ background: {p.bg}; }}
QMessageBox QLabel {{ {type_of(t.NAME)} color: {p.text}; }}
QPushButton {{
    outline: none; {type_of(t.NAME)} color: {p.text}; background: {p.bg}; border: 1px solid {p.ctl};
    border-radius: {px(t.BUTTON_RADIUS)}; padding: {px(6)} {px(13)};
}}
QPushButton:hover {{ background: {p.sunk}; }}
QPushButton:pressed {{ background: {p.sel}; }}
QPushButton:focus {{ border: 2px solid {p.link}; padding: {px(5)} {px(12)}; }}
QPushButton:disabled {{ color: {p.text3}; border-color: {p.line}; }}
QPushButton[kind="primary"] {{ background: {p.ok}; color: {p.on}; border-color: {p.ok}; font-weight: 600; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {p.text}; }}
QPushButton[kind="danger"] {{ color: {p.crit}; border-color: {p.crit}; }}
QPushButton[kind="link"] {{
    {type_of(t.BODY_STRONG)} color: {p.link}; background: transparent; border: 2px solid transparent;
    padding: {px(3)} {px(5)};
}}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="link"]:focus {{ border: 2px solid {p.link}; padding: {px(3)} {px(5)}; }}
QFrame#segments {{ background: {p.sunk}; border: none; border-radius: {px(t.ROW_CARD_RADIUS)}; }}
QFrame#segments QRadioButton {{
    {type_of(t.BODY_STRONG)} color: {p.text2}; background: transparent; spacing: 0px;
    padding: {px(4)} {px(9)}; border: 2px solid transparent; border-radius: {px(t.BUTTON_RADIUS)};
}}
QFrame#segments QRadioButton:checked {{ color: {p.text}; background: {p.sel}; }}
QFrame#segments QRadioButton:focus {{ border: 2px solid {p.link}; }}
QRadioButton::indicator, QCheckBox[pill="true"]::indicator {{
    width: 0px; height: 0px; border: none; background: transparent; image: none;
}}
QCheckBox[pill="true"] {{
    {type_of(t.BODY)} color: {p.text2}; background: {p.bg}; spacing: 0px; border: 1px solid {p.ctl};
    border-radius: {px(12)}; padding: {px(4)} {px(9)}; min-height: {px(15)};
}}
QCheckBox[pill="true"]:checked {{
    color: {p.text}; font-weight: 600; background: {p.okbg}; border: 1px solid {p.ok};
}}
QCheckBox[pill="true"] {{ outline: none; }}
QCheckBox[pill="true"]:focus {{ border: 2px solid {p.link}; padding: {px(3)} {px(8)}; }}
QScrollBar:vertical {{ background: transparent; width: {px(10)}; margin: 2px; }}
QScrollBar::handle:vertical {{ background: {p.ctl}; border-radius: {px(3)}; min-height: {px(28)}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0px; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
