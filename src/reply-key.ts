// By which the effect that sends a reply is found again.

/** Its dedupe key: at most one row ever has it. */
export const replyKey = (messageId: string) => `reply:${messageId}`
