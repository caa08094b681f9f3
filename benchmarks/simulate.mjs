// Runs cases through @cloud-copilot/iam-simulate: node simulate.mjs FOLDER, in which documents.json
// and cases.json are, and answers.json will be. A development tool of its own, never part of the portal.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const folder = process.argv[2]
const { runSimulation } = createRequire(`${folder}/`)('@cloud-copilot/iam-simulate')
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))
const documents = read('documents.json')
const { principal, account, cases } = read('cases.json')

// Keys and roles must allow the caller themselves as well: each gets the policy that AWS gives a
// new one, which leaves the decision to IAM, because our side judges identity policies alone.
const root = { AWS: `arn:aws:iam::${account}:root` }
const delegating = (action, rest) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: root, Action: action, ...rest }],
})
const ownPolicy = (one) => {
  if (/^kms:/i.test(one.action) && /:key\//.test(one.resource)) {
    return { resourcePolicy: delegating('kms:*', { Resource: '*' }) }
  }
  if (/^sts:/i.test(one.action) && /:role\//.test(one.resource)) {
    return { resourcePolicy: delegating('sts:*') }
  }
  return {}
}
const named = (names) => names.map((name) => ({ name, policy: documents[name] }))

const simulations = cases.map((one) => ({
  request: {
    principal,
    action: one.action,
    resource: { resource: one.resource, accountId: account },
    contextVariables: one.context,
  },
  identityPolicies: named(one.identity),
  serviceControlPolicies: (one.scps ?? []).map((level, at) => ({
    orgIdentifier: `level-${at}`,
    policies: named(level),
  })),
  resourceControlPolicies: [],
  ...ownPolicy(one),
  ...(one.boundary ? { permissionBoundaryPolicies: named(one.boundary) } : {}),
}))

// It throws where it knows a condition key of the policy but not of this action.
const run = async (simulation) => {
  try {
    return await runSimulation(simulation, {})
  } catch (problem) {
    return { errors: { message: String(problem.message).replace(/[^ ]*[:/][^ ]*/g, 'KEY') } }
  }
}
for (const simulation of simulations.slice(0, 200)) await run(simulation)
const answers = []
const started = process.hrtime.bigint()
for (const simulation of simulations) answers.push(await run(simulation))
const seconds = Number(process.hrtime.bigint() - started) / 1e9

const told = answers.map((answer) => ({
  result: answer.overallResult ?? null,
  error: answer.errors ? String(answer.errors.message).slice(0, 200) : null,
  ignored: answer.result?.ignoredContextKeys ?? answer.results?.[0]?.ignoredContextKeys ?? [],
}))
writeFileSync(`${folder}/answers.json`, JSON.stringify({ seconds, answers: told }))
