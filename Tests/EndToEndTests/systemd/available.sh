#!/usr/bin/env bash
# Succeeds: that it runs at all is what it says.
