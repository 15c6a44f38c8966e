/** Questions to the catalogue: which domains are there, and where a name of theirs is found. */
import type { Catalogue, Domain, Procedure } from '../wire/rest';

/** Every domain, and after them what all domains share. */
export const packsOf = (catalogue: Catalogue | null): Domain[] => (catalogue === null ? [] : catalogue.common ? [...catalogue.domains, catalogue.common] : catalogue.domains);

/**
 * The domains that have facilities, in the catalogue's order; all of them in a city without any facility.
 *
 * @param facilities null = not known yet: then all
 */
export function domainsPresent(domains: readonly Domain[], facilities: Iterable<{ readonly domain: string }> | null): readonly Domain[] {
  if (facilities === null) return domains;
  const used = new Set<string>();
  for (const facility of facilities) used.add(facility.domain);
  const present = domains.filter((domain) => used.has(domain.id));
  return present.length > 0 ? present : domains;
}

export function procedureIn(catalogue: Catalogue | null, domain: string, id: string): Procedure | null {
  const own = catalogue?.domains.find((known) => known.id === domain)?.procedures.find((known) => known.id === id);
  return own ?? catalogue?.common?.procedures.find((known) => known.id === id) ?? null;
}
