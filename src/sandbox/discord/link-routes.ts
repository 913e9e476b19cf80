// The route that gives an ended link a new life.
import { asList } from '../slack/json.ts'
import { findAttachment, linkTo } from './link.ts'
import { refuseField } from './refusal.ts'
import type { Routes } from './route.ts'
import type { World } from './world.ts'

const LINKS_MAX = 50

export const linkRoutes: Routes = {
  'POST /attachments/refresh-urls': {
    run(world, { body }) {
      const urls = asList(body.attachment_urls).map(String)
      if (urls.length === 0 || urls.length > LINKS_MAX) {
        refuseField('attachment_urls', 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${LINKS_MAX} in length.`)
      }
      return { refreshed_urls: urls.map((original) => ({ original, refreshed: refresh(world, original) })) }
    },
  },
}

function refresh(world: World, url: string): string | null {
  const path = URL.canParse(url) ? new URL(url).pathname : ''
  const attachment = findAttachment(world, path)
  return attachment ? linkTo(world, attachment, path.split('/')[2] ?? '') : null
}
