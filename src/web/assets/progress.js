// Shows a send's progress as it goes: asks for the same page and takes its live part. Without scripts the
// page reloads by itself.
const EVERY_MS = 2000;

async function refresh() {
  const here = document.querySelector('[data-live="true"]');
  if (!here) return;
  if (!document.hidden && !here.contains(document.activeElement)) {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
    if (answer?.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const there = page.querySelector('[data-live]');
      if (there) here.replaceWith(there);
    }
  }
  setTimeout(refresh, EVERY_MS);
}

setTimeout(refresh, EVERY_MS);
