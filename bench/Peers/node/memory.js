// An adapter of oidc-provider that keeps everything in memory: its own keeps a thousand entries, fewer than the codes and tokens of a run.
const mostOfOneKind = 200_000;
const grants = new Map();

export class Memory {
  constructor(kind) {
    this.kind = kind;
    this.entries = new Map();
    this.uids = new Map();
  }

  async upsert(id, payload, expiresIn) {
    this.entries.set(id, { ...payload, ...(expiresIn && { until: Date.now() + expiresIn * 1000 }) });
    if (payload.uid) this.uids.set(payload.uid, id);
    if (payload.grantId) {
      if (!grants.has(payload.grantId)) grants.set(payload.grantId, new Set());
      grants.get(payload.grantId).add(this);
    }
    // The oldest goes first: a Map keeps the order of insertion.
    if (this.entries.size > mostOfOneKind) this.entries.delete(this.entries.keys().next().value);
  }

  async find(id) {
    const entry = this.entries.get(id);
    return entry && entry.until && entry.until < Date.now() ? undefined : entry;
  }

  async findByUid(uid) {
    return this.find(this.uids.get(uid));
  }

  async consume(id) {
    this.entries.get(id).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.entries.delete(id);
  }

  async revokeByGrantId(grantId) {
    for (const store of grants.get(grantId) ?? []) {
      for (const [id, entry] of store.entries) if (entry.grantId === grantId) store.entries.delete(id);
    }
    grants.delete(grantId);
  }
}
