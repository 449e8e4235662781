// A stand-in for the PLC directory: it checks and keeps operation logs with the official library.
import fs from 'node:fs'
import http from 'node:http'

async function bodyOf(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

export async function startPlc(plc, file, host) {
  // Kept in a file, so that the accounts outlive a restart.
  const logs = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {}

  async function append(did, operation) {
    const log = [...(logs[did] ?? []), operation]
    await plc.validateOperationLog(did, log)
    logs[did] = log
    fs.writeFileSync(file, JSON.stringify(logs))
    return {}
  }

  async function read(did, view) {
    const log = logs[did]
    if (!log) return null
    if (view === 'log') return log
    if (view === 'log/last') return log.at(-1)
    const data = await plc.validateOperationLog(did, log)
    return view === 'data' ? data : plc.formatDidDoc(data)
  }

  const server = http.createServer(async (request, response) => {
    const [did, ...view] = decodeURIComponent(request.url).slice(1).split('/')
    const send = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    try {
      const posted = request.method === 'POST'
      const body = posted
        ? await append(did, await bodyOf(request))
        : await read(did, view.join('/'))
      if (body === null) send(404, { message: `DID not registered: ${did}` })
      else send(200, body)
    } catch (error) {
      send(400, { message: String(error.message ?? error) })
    }
  })
  await new Promise((resolve) => server.listen(0, host, resolve))
  return server
}
