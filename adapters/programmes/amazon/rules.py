"""What Amazon's Programme Policies say of a kind of channel: the dated pack in rules.json."""

from pathlib import Path

from service.rulepack import RulePack

PACK = RulePack(Path(__file__).with_name("rules.json"))
