import mjml2html from 'mjml';
import { MJML_OPTIONS, type MjmlAnswer, type MjmlOrder } from './mjml-order.ts';

// A process that compiles what it is sent, for as long as the process that started it wants.

process.on('message', (order: MjmlOrder) => void answer(order).then((said) => process.send?.(said)));
process.on('disconnect', () => process.exit(0));
// a Ctrl-C in the terminal is the other process's to deal with
process.on('SIGINT', () => {});

async function answer({ id, mjml }: MjmlOrder): Promise<MjmlAnswer> {
  try {
    const { html } = await mjml2html(mjml, MJML_OPTIONS);
    return { id, html };
  } catch (error) {
    return { id, fault: error instanceof Error ? error.message : String(error) };
  }
}
