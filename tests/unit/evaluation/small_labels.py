"""A manifest and one label file, as text."""

MANIFEST = """\
name: tiny
title: Tiny set
source: ours
licence: ours
labelled_by: tests
verified: nobody
law_date: '2026-11-22'
held_out_families: [held]
"""
LABELS = """\
id: {id}
language: da
kind: project_description
pair: null
family: {family}
facts:
  is_ai_system: true
evidence:
  is_ai_system: Modellen er trænet
verdicts:
  gdpr-dpia: gap
risk_class: minimal
"""
