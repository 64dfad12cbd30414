// A GitHub of somebody else's, `emulate`, on loopback, with two people and a repository.
// Says its address in one line of JSON, and ends when its standard input does.
import net from 'node:net'
import { createEmulator } from 'emulate'

const { listen } = net.Server.prototype
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port: typeof port === 'object' ? port.port : port, host: '127.0.0.1' }, ...rest.filter((one) => typeof one === 'function'))
}
const free = () =>
  new Promise((found) => {
    const server = net.createServer().listen(0, () => {
      const { port } = server.address()
      server.close(() => found(port))
    })
  })

const seed = {
  tokens: { 'token-ines': { login: 'ines', scopes: ['repo'] }, 'token-sam': { login: 'sam', scopes: ['repo'] } },
  github: {
    users: [{ login: 'ines' }, { login: 'sam' }],
    repos: [{ owner: 'ines', name: 'calendrier', auto_init: true }],
  },
}
const port = await free()
await createEmulator({ service: 'github', port, seed })
console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }))
process.stdin.resume().on('end', () => process.exit(0))
