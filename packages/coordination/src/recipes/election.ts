import { makeMemberId } from '../member-id.js'
import type { Session } from '../contract.js'
import { Campaign } from './leader.js'
import { Trust } from './trust.js'

/** Stands for an office of Muster's own, which needs no group, until the campaign stands down or its session is closed; again after each loss. */
export function standFor(session: Session, office: string, candidate: string): Campaign {
  const trust = new Trust(session)
  const campaign = new Campaign(session, trust, office, makeMemberId([candidate]), { again: true }, { collection: `election/${office}`, what: `The office of ${office}` })
  void campaign.over.then(() => trust.close())
  return campaign
}
