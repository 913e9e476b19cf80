// Who is pinged in a history.
export const LEADS = ['lead-1', 'lead-2']
