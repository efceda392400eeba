#!/usr/bin/env node
import '../dist/bundle/svc.js'
