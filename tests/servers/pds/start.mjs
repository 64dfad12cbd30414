// Bluesky's own server with a directory of accounts beside it, on loopback, in a folder of their own.
// Says its port in one line of JSON, and ends when its standard input does.
import { randomBytes } from 'node:crypto'
import net from 'node:net'
import plc from '@did-plc/server'
import { PDS, envToCfg, envToSecrets, readEnv } from '@atproto/pds'

const folder = process.argv[2]
const { listen } = net.Server.prototype
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port, host: '127.0.0.1' }, ...rest.filter((one) => typeof one === 'function'))
}
const free = () =>
  new Promise((found) => {
    const server = net.createServer().listen(0, () => {
      const { port } = server.address()
      server.close(() => found(port))
    })
  })

const [plcPort, port] = [await free(), await free()]
await plc.PlcServer.create({ db: plc.Database.mock(), port: plcPort }).start()
Object.assign(process.env, {
  LOG_ENABLED: 'false',
  PDS_PORT: port,
  PDS_HOSTNAME: 'localhost',
  PDS_DEV_MODE: 'true',
  PDS_DATA_DIRECTORY: folder,
  PDS_BLOBSTORE_DISK_LOCATION: `${folder}/blobs`,
  PDS_DID_PLC_URL: `http://127.0.0.1:${plcPort}`,
  PDS_SERVICE_HANDLE_DOMAINS: '.test',
  PDS_INVITE_REQUIRED: 'false',
  PDS_RATE_LIMITS_ENABLED: 'false',
  PDS_JWT_SECRET: randomBytes(16).toString('hex'),
  PDS_ADMIN_PASSWORD: randomBytes(16).toString('hex'),
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: randomBytes(32).toString('hex'),
})
const env = readEnv()
const pds = await PDS.create(envToCfg(env), envToSecrets(env))
await pds.start()
console.log(JSON.stringify({ port }))
process.stdin.resume().on('end', () => process.exit(0))
