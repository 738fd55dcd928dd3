// Drives the operator page in a headless Chromium: first without JavaScript, by clicks and
// by keyboard alone; then axe looks at every page. Prints one JSON object. Arguments: the
// address of the page, the program, the folder for screenshots (empty for none), the password.
import { chromium } from 'playwright-core';
import { AxeBuilder } from '@axe-core/playwright';

const [base, program, folder, password] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: program,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const result = { outside: [], steps: [], violations: [] };

async function context(javaScriptEnabled) {
  const c = await browser.newContext({ javaScriptEnabled, viewport: { width: 1024, height: 900 } });
  c.on('request', (r) => { if (!r.url().startsWith(base)) result.outside.push(r.url()); });
  return c;
}

// follow clicks and waits for the page that comes: a click alone ends before it.
async function follow(page, locator) {
  const loaded = page.waitForEvent('load');
  await locator.click();
  await loaded;
}

const button = (page, name) => page.getByRole('button', { name, exact: true });

async function signIn(page, user) {
  await page.goto(base + '/sign-in');
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill(password);
  await follow(page, button(page, 'Sign in'));
}

async function step(page, name, expected) {
  const text = await page.textContent('body');
  result.steps.push({ name, ok: text.includes(expected) });
  await screenshot(page, `${String(result.steps.length).padStart(2, '0')}-${name.replaceAll(' ', '-')}`);
}

async function screenshot(page, name) {
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

async function press(page, path, name, fill = {}) {
  await page.goto(base + path);
  for (const [label, value] of Object.entries(fill)) await page.getByLabel(label).fill(value);
  await follow(page, button(page, name));
}

// by keyboard alone
const keys = await (await context(false)).newPage();
await keys.goto(base + '/sign-in');
for (let i = 0; i < 12 && !(await keys.evaluate(() => document.activeElement?.id === 'user').catch(() => false)); i++) await keys.keyboard.press('Tab');
await keys.keyboard.type('rec1');
await keys.keyboard.press('Tab');
await keys.keyboard.type(password);
const entered = keys.waitForEvent('load');
await keys.keyboard.press('Enter');
await entered;
await step(keys, 'sign in by keyboard', 'rec1, recorder');

const page = await (await context(false)).newPage();
await page.goto(base);
await step(page, 'nobody has signed in', 'Sign in');
await signIn(page, 'rec1');
await step(page, 'overview', 'needs a person');
await follow(page, page.getByRole('link', { name: 'Reports', exact: true }));
await step(page, 'reports', 'Report 2');
await press(page, '/reports/2', 'Show what it says');
await step(page, 'what it says', 'fridge alarm');
await press(page, '/reports/2', 'It is another event');
await step(page, 'answered', 'It is sent as another event.');
await follow(page, page.getByRole('link', { name: 'Drafts', exact: true }));
await step(page, 'drafts', 'Draft 2');
await page.goto(base + '/drafts/1');
await step(page, 'questions', 'Keep these answers');
await page.locator('[name="date"]').fill('the day before');
await page.locator('[name="patients"]').selectOption('0');
await follow(page, button(page, 'Keep these answers'));
await step(page, 'an answer that cannot be used', 'There is a problem');
await page.locator('[name="date"]').fill('2026-02-06');
await page.locator('[name="riskDetails.riskImminent"]').selectOption('n');
await follow(page, button(page, 'Keep these answers'));
await step(page, 'draft is ready', 'the report waits to be sent');
await press(page, '/reports/2', 'Hold it');
await step(page, 'held', 'The report is held.');
await press(page, '/reports/1', 'Propose to withdraw the record');
await step(page, 'withdrawal proposed', 'A manager has to confirm');
await follow(page, button(page, 'Sign out'));
await signIn(page, 'mgr1');
await press(page, '/reports/2', 'Release it');
await step(page, 'released', 'It is released.');
await press(page, '/reports/3', 'It was recorded', { 'Id of the record': 'abc-1', 'National reference number': 'LFPSE-77' });
await step(page, 'settled', 'LFPSE-77');
await press(page, '/reports/1', 'Withdraw the national record');
await step(page, 'withdrawn', 'is being withdrawn');
await press(page, '/', 'Pause A81001');
await step(page, 'paused', 'Nothing of this practice is sent now.');
await press(page, '/', 'Send reports of A81001 again');
await step(page, 'end of the pause', 'are sent again');
await page.goto(base + '/audit');
await step(page, 'audit trail', 'rec1, recorder');

const seen = await (await context(true)).newPage();
const look = async (path) => {
  await seen.goto(base + path);
  // legacy: in the page itself; a tab of its own for the result is for pages with frames
  const found = await new AxeBuilder({ page: seen }).setLegacyMode(true).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  for (const v of found.violations) result.violations.push(`${path}: ${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 200)}`);
};
for (const path of ['/', '/sign-in', '/reports']) await look(path);
await signIn(seen, 'mgr1');
for (const path of ['/', '/reports', '/reports/1', '/reports/2', '/reports/3', '/reports/4', '/drafts', '/drafts/2', '/audit', '/nothing']) await look(path);
for (const width of [320, 768]) {
  await seen.setViewportSize({ width, height: 800 });
  await seen.goto(base + '/reports/4');
  result.steps.push({ name: `${width} px wide`, ok: await seen.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth) });
  await screenshot(seen, `width-${width}`);
}
await browser.close();
console.log(JSON.stringify(result));
