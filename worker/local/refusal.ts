/** An expected reason not to start. Its message is for a person; everything else that is thrown is a bug. */
export class Refusal extends Error {}
