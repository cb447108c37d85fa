// Shows a send's progress as it goes: the server tells of each change, and where more than numbers has changed
// the live part of the page is asked for again. Where no events come through, it is asked for every two seconds.
// Without scripts the page reloads by itself.
const EVERY_MS = 2000;
let source = null;
let asking = false;
let later = 0;

const live = () => document.querySelector('[data-live="true"]');

function listen() {
  const here = live();
  if (!here || source || document.hidden) return;
  source = new EventSource(here.dataset.events);
  source.addEventListener('message', ({ data }) => show(JSON.parse(data)));
  source.addEventListener('error', () => {
    if (source?.readyState !== EventSource.CLOSED) return;
    hush();
    setTimeout(() => refresh().then(listen), EVERY_MS);
  });
}

function hush() {
  source?.close();
  source = null;
}

function show({ key, final, audience, done, shown }) {
  if (final) hush();
  const here = live();
  if (!here) return hush();
  for (const [name, text] of Object.entries(shown)) {
    const place = here.querySelector(`[data-shown="${name}"]`);
    if (place && place.textContent !== text) place.textContent = text;
  }
  const meter = here.querySelector('progress');
  if (meter) Object.assign(meter, { max: audience, value: done });
  if (key !== here.dataset.key) refresh();
}

// what a person is about to press is not taken from under them
async function refresh() {
  const here = live();
  if (asking || !here) return;
  asking = true;
  clearTimeout(later);
  const inUse = here.contains(document.activeElement);
  if (inUse || !(await replace(here))) later = setTimeout(refresh, EVERY_MS);
  asking = false;
  if (!live()) hush();
}

async function replace(here) {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const there = page.querySelector('[data-live]');
  if (there) here.replaceWith(there);
  return there !== null;
}

// a hidden page listens to nothing: browsers open few connections to one server
document.addEventListener('visibilitychange', () => (document.hidden ? hush() : listen()));
listen();
