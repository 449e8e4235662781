"""Findings and policy become the post for one channel: only the decided spans change."""

from __future__ import annotations

from service.rewrite.policy import id_setting
from service.rewrite.rewriting import rewrite
from service.rewrite.splice import apply, undo

__all__ = ["apply", "id_setting", "rewrite", "undo"]
