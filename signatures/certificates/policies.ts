/**
 * Certificate policies along a path (RFC 5280 6.1), as a graph with one node for each policy and depth (RFC 9618): the tree
 * of the older text grows exponentially when every authority maps every policy to every other.
 */
import type { CertificateExtensions } from './extensions.ts';

/** What the relying party asks of policies before the path is looked at (RFC 5280 6.1.1 (c) to (g)). */
export interface InitialPolicies {
  /** Acceptable policies, OIDs; absent = any. */
  acceptable?: string[];
  requireExplicit?: boolean;
  inhibitMapping?: boolean;
  inhibitAny?: boolean;
}

const ANY_POLICY = '2.5.29.32.0';

/** A policy that is valid at one depth, with what the next certificate may assert to stay within it. */
interface PolicyNode {
  policy: string;
  expected: Set<string>;
  parents: Set<PolicyNode>;
}

/** The nodes of one depth by policy; the first layer is anyPolicy at the anchor. */
type Layer = Map<string, PolicyNode>;

export interface PolicyState {
  /** Null = no policy is valid any more. */
  layers: Layer[] | null;
  /** Certificates that may still follow before the limit holds. */
  explicit: number;
  mapping: number;
  any: number;
  acceptable: Set<string> | null;
}

function nodeOf(policy: string, parents: Iterable<PolicyNode> = []): PolicyNode {
  return { policy, expected: new Set([policy]), parents: new Set(parents) };
}

/** RFC 5280 6.1.2; `length` = certificates of the path without the anchor. */
export function startPolicies(initial: InitialPolicies, length: number): PolicyState {
  const { acceptable } = initial;
  return {
    layers: [new Map([[ANY_POLICY, nodeOf(ANY_POLICY)]])],
    explicit: initial.requireExplicit === true ? 0 : length + 1,
    mapping: initial.inhibitMapping === true ? 0 : length + 1,
    any: initial.inhibitAny === true ? 0 : length + 1,
    acceptable: acceptable === undefined || acceptable.includes(ANY_POLICY) ? null : new Set(acceptable),
  };
}

/** Removes nodes that nothing below needs, from the last layer upwards; null when a layer is left empty. */
function pruned(layers: Layer[]): Layer[] | null {
  for (let depth = layers.length - 2; depth >= 0; depth -= 1) {
    const needed = new Set<PolicyNode>();
    for (const node of layers[depth + 1]!.values()) for (const parent of node.parents) needed.add(parent);
    for (const [policy, node] of layers[depth]!) if (!needed.has(node)) layers[depth]!.delete(policy);
  }
  return layers.every((layer) => layer.size > 0) ? layers : null;
}

/** The nodes of a layer by each policy that they expect next. */
function byExpected(layer: Layer): Map<string, PolicyNode[]> {
  const index = new Map<string, PolicyNode[]>();
  for (const node of layer.values()) {
    for (const policy of node.expected) {
      const same = index.get(policy);
      if (same === undefined) index.set(policy, [node]);
      else same.push(node);
    }
  }
  return index;
}

/** 6.1.3 (d): the policies of one certificate below those expected. */
function nextLayer(above: Layer, policies: Set<string>, isAnyAllowed: boolean): Layer {
  const expected = byExpected(above);
  const any = above.get(ANY_POLICY);
  const layer: Layer = new Map();
  for (const policy of policies) {
    if (policy === ANY_POLICY) continue;
    const parents = expected.get(policy) ?? (any === undefined ? [] : [any]);
    if (parents.length > 0) layer.set(policy, nodeOf(policy, parents));
  }
  if (!policies.has(ANY_POLICY) || !isAnyAllowed) return layer;
  for (const [policy, parents] of expected) {
    if (!layer.has(policy)) layer.set(policy, nodeOf(policy, parents));
  }
  return layer;
}

/** 6.1.3 (d) to (f) for one certificate. False = a policy is required and none is left. */
export function admitPolicies(
  state: PolicyState,
  extensions: CertificateExtensions,
  mayBeAny: boolean,
): boolean {
  const { policies } = extensions;
  if (policies === null) state.layers = null;
  else if (state.layers !== null) {
    const layer = nextLayer(state.layers.at(-1)!, policies, state.any > 0 || mayBeAny);
    state.layers = pruned([...state.layers, layer]);
  }
  return state.explicit > 0 || state.layers !== null;
}

/** 6.1.4 (b): one policy of the issuer's domain becomes those of the subject's. */
function mapPolicy(layers: Layer[], from: string, to: Set<string>, isAllowed: boolean): void {
  const layer = layers.at(-1)!;
  const node = layer.get(from);
  if (!isAllowed) {
    layer.delete(from);
    return;
  }
  if (node !== undefined) {
    node.expected = to;
    return;
  }
  const any = layer.get(ANY_POLICY);
  if (any !== undefined) layer.set(from, { policy: from, expected: to, parents: any.parents });
}

function applyMappings(state: PolicyState, extensions: CertificateExtensions): void {
  if (state.layers === null || extensions.policyMappings.length === 0) return;
  const targets = new Map<string, Set<string>>();
  for (const { issuerDomain, subjectDomain } of extensions.policyMappings) {
    const to = targets.get(issuerDomain) ?? new Set();
    targets.set(issuerDomain, to.add(subjectDomain));
  }
  for (const [from, to] of targets) mapPolicy(state.layers, from, to, state.mapping > 0);
  state.layers = pruned(state.layers);
}

function lower(limit: number, by: number | null | undefined): number {
  return by === null || by === undefined ? limit : Math.min(limit, by);
}

/** 6.1.4 (a), (b), (h) to (j) after an authority's certificate. False = it maps anyPolicy, which is forbidden. */
export function preparePolicies(
  state: PolicyState,
  extensions: CertificateExtensions,
  isSelfIssued: boolean,
): boolean {
  const mapsAny = extensions.policyMappings.some(
    ({ issuerDomain, subjectDomain }) => issuerDomain === ANY_POLICY || subjectDomain === ANY_POLICY,
  );
  applyMappings(state, extensions);
  const step = isSelfIssued ? 0 : 1;
  const { policyConstraints: constraints } = extensions;
  state.explicit = lower(Math.max(0, state.explicit - step), constraints?.requireExplicit);
  state.mapping = lower(Math.max(0, state.mapping - step), constraints?.inhibitMapping);
  state.any = lower(Math.max(0, state.any - step), extensions.inhibitAnyPolicy);
  return !mapsAny;
}

/** 6.1.5 (g) in the words of RFC 9618: is a valid policy among the acceptable ones? Those of the anchor's own domain count. */
function isAnyAcceptable({ layers, acceptable }: PolicyState): boolean {
  if (layers === null) return false;
  if (acceptable === null || layers.at(-1)!.has(ANY_POLICY)) return true;
  const isOfDomain = (node: PolicyNode) => [...node.parents].some((parent) => parent.policy === ANY_POLICY);
  return layers.some((layer) =>
    [...layer.values()].some((node) => acceptable.has(node.policy) && isOfDomain(node)),
  );
}

/** 6.1.5 (a), (b), (g) after the end certificate. False = a policy is required and no acceptable one is valid. */
export function concludePolicies(state: PolicyState, extensions: CertificateExtensions): boolean {
  const required = extensions.policyConstraints?.requireExplicit === 0;
  const explicit = required ? 0 : Math.max(0, state.explicit - 1);
  return explicit > 0 || isAnyAcceptable(state);
}
