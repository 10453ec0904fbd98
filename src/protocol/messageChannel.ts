/** What one end of a channel answers: a method for each request, with at most one parameter. */
export type Handlers<Service> = {
  readonly [Name in keyof Service]: Service[Name] extends (...params: infer Params) => infer Reply
    ? (...params: Params) => Reply | Promise<Reply>
    : never;
};

/** For each request of a service, whether what came as its parameter is one. */
export type Checks<Service> = { readonly [Name in keyof Service]: (params: unknown) => boolean };

type Params<Request> = Request extends (...params: infer Values) => unknown ? Values : never;
type Reply<Request> = Request extends (...params: never[]) => infer Value ? Awaited<Value> : never;

interface RequestMessage {
  readonly request: string;
  readonly params?: unknown;
  /** Absent: no answer is wanted. */
  readonly id?: number;
}

interface AnswerMessage {
  readonly id: number;
  /** Absent, too, where the reply is undefined: JSON drops it. */
  readonly reply?: unknown;
  readonly error?: string;
}

interface Pending {
  resolve(reply: never): void;
  reject(error: Error): void;
}

export interface ChannelOptions<Own> {
  /** Hands a message to the other end. */
  send(message: unknown): void;
  /** What this end answers. */
  readonly handlers: Handlers<Own>;
  /** Left out: the other end is trusted. */
  readonly checks?: Checks<Own>;
  /** Hears of handlers that throw; the other end is told the message only. */
  onError?(error: unknown): void;
}

/**
 * Requests and replies between two programs that can send each other messages. `Own` are the requests that this end
 * answers, `Other` those of the other end. A handler that throws answers with its error's message; closing rejects
 * what waits for a reply.
 */
export class MessageChannel<Own extends object, Other extends object> {
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private closed = false;

  constructor(private readonly options: ChannelOptions<Own>) {}

  /** Asks the other end. Rejects with its error, or when the channel closes first. */
  request<Name extends keyof Other & string>(
    name: Name,
    ...params: Params<Other[Name]>
  ): Promise<Reply<Other[Name]>> {
    if (this.closed) return Promise.reject(closedError());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.options.send({ request: name, params: params[0], id });
    });
  }

  /** Tells the other end something that needs no answer. */
  notify<Name extends keyof Other & string>(name: Name, ...params: Params<Other[Name]>): void {
    if (!this.closed) this.options.send({ request: name, params: params[0] });
  }

  /** Takes a message of the other end; anything that is none is ignored. */
  async receive(message: unknown): Promise<void> {
    if (this.closed) return;
    if (isRequest(message)) await this.answer(message);
    else if (isAnswer(message)) this.settle(message);
  }

  close(): void {
    this.closed = true;
    for (const { reject } of this.pending.values()) reject(closedError());
    this.pending.clear();
  }

  private async answer({ request, params, id }: RequestMessage): Promise<void> {
    const { handlers, checks, onError } = this.options;
    let answer: { readonly reply: unknown } | { readonly error: string };
    try {
      if (!Object.hasOwn(handlers, request))
        throw new Error(`There is no request "${request.slice(0, 100)}".`);
      const name = request as keyof Own;
      if (checks && !checks[name](params))
        throw new Error(`The request "${request}" came with wrong parameters.`);
      const handle = handlers[name] as (params: unknown) => unknown;
      answer = { reply: await handle(params) };
    } catch (error) {
      onError?.(error);
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    if (id !== undefined && !this.closed) this.options.send({ id, ...answer });
  }

  private settle(answer: AnswerMessage): void {
    const pending = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if (answer.error !== undefined) pending?.reject(new Error(answer.error));
    else pending?.resolve(answer.reply as never);
  }
}

function closedError(): Error {
  return new Error('The page was closed.');
}

function isRequest(message: unknown): message is RequestMessage {
  if (!isObject(message) || typeof message['request'] !== 'string') return false;
  return message['id'] === undefined || Number.isSafeInteger(message['id']);
}

function isAnswer(message: unknown): message is AnswerMessage {
  if (!isObject(message) || !Number.isSafeInteger(message['id'])) return false;
  return message['error'] === undefined || typeof message['error'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
