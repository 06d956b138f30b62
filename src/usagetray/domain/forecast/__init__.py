"""Foresight: what will be used when, learned from readings and local logs; and when to warn of it."""

from usagetray.domain.forecast.learning import step as step
from usagetray.domain.forecast.memory import PER_DOLLAR as PER_DOLLAR
from usagetray.domain.forecast.memory import Forecast as Forecast
from usagetray.domain.forecast.memory import Memory as Memory
from usagetray.domain.forecast.memory import Observation as Observation
from usagetray.domain.forecast.memory import Prior as Prior
from usagetray.domain.forecast.memory import Refusal as Refusal
from usagetray.domain.forecast.memory import WindowReading as WindowReading
from usagetray.domain.forecast.memory import Work as Work
from usagetray.domain.forecast.meter import allowance as allowance
from usagetray.domain.forecast.meter import changed as changed
from usagetray.domain.forecast.projecting import forecast as forecast
from usagetray.domain.forecast.rule import LockoutAlert as LockoutAlert
from usagetray.domain.forecast.rule import decide as decide
from usagetray.domain.forecast.rule import is_warned as is_warned
from usagetray.domain.forecast.rule import stands_warned as stands_warned
