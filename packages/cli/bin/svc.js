#!/usr/bin/env node
require('../dist/bundle/svc.cjs')
