// Starts a PDS and its PLC directory in one process: start-pds.mjs SETTINGS.json
import fs from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { startPlc } from './plc.mjs'

const HOST = '127.0.0.1'
const settings = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
// The packages lie in a cache folder, not beside this file, where an import would look.
const require = createRequire(path.join(settings.modules, 'package.json'))
const { PDS, envToCfg, envToSecrets } = require('@atproto/pds')

// The PDS has no setting for its address and would listen on every interface.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  return typeof args[0] === 'number' && typeof args[1] !== 'string'
    ? listen.call(this, args[0], HOST, ...args.slice(1))
    : listen.apply(this, args)
}

const plcFile = path.join(settings.data, 'plc.json')
const plc = await startPlc(require('@did-plc/lib'), plcFile, HOST)

const env = {
  port: settings.port,
  hostname: 'localhost',
  devMode: true,
  dataDirectory: settings.data,
  blobstoreDiskLocation: path.join(settings.data, 'blobs'),
  blobstoreDiskTmpLocation: path.join(settings.data, 'blobs-tmp'),
  didPlcUrl: `http://${HOST}:${plc.address().port}`,
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  rateLimitsEnabled: settings.rateLimits,
  crawlers: [],
  disableSsrfProtection: true,
  jwtSecret: settings.secret,
  adminPassword: settings.secret,
  plcRotationKeyK256PrivateKeyHex: settings.rotationKey,
}
const pds = await PDS.create(envToCfg(env), envToSecrets(env))
await pds.start()

let stopping = false
process.on('SIGTERM', async () => {
  if (stopping) return
  stopping = true
  await pds.destroy()
  process.exit(0)
})
