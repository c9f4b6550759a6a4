/** Gives a page the function `until`, which waits until something is true. */
function provideUntil() {
  globalThis.until = (isTrue) =>
    new Promise((resolve) => {
      const look = () => (isTrue() ? resolve() : setTimeout(look, 1));
      look();
    });
}

/** Seconds of a training at full speed, without a diagram beside it, from its start to the result on the page. */
export async function pageSteps(lab, link) {
  const page = await lab.open(link, provideUntil);
  const seconds = await page.evaluate(async () => {
    const { lab: state, until } = globalThis;
    state.diagrams.stop();
    state.setSpeed(Infinity);
    await until(() => state.status === 'done');
    const began = performance.now();
    state.reset();
    await until(() => state.status === 'done');
    return (performance.now() - began) / 1000;
  });
  await page.close();
  return seconds;
}

/** Watches frames, pictures of the network and long tasks; `watched` is what was seen so far. */
function watch() {
  const watched = { frames: 0, pictures: 0, task: 0, lastLongTask: 0 };
  globalThis.watched = watched;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      watched.task = Math.max(watched.task, duration);
      watched.lastLongTask = startTime + duration;
    }
  }).observe({ type: 'longtask', buffered: true });
  let shown = null;
  const look = () => {
    watched.frames++;
    const { lab } = globalThis;
    const frame = lab?.frame ?? null;
    if (frame !== shown) watched.pictures++;
    shown = frame;
    if (document.querySelector('h1') !== null) watched.picture ??= performance.now();
    // The frame after this one shows what the page has now.
    if (frame !== null && lab.diagrams.predicted !== null) watched.meaningful ??= performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/**
 * Frames and pictures per second from the first picture of a network to the end of its training; the longest task in seconds
 * (0 if none exceeds 50 ms) then, and before.
 */
export async function whileTraining(lab, link) {
  const page = await lab.open(link, provideUntil, watch);
  const seen = await page.evaluate(async () => {
    const { watched, lab: state, until } = globalThis;
    await until(() => state.frame !== null);
    const loadingTask = watched.task / 1000;
    watched.task = 0;
    const [frames, pictures, began] = [watched.frames, watched.pictures, performance.now()];
    await until(() => state.status === 'done');
    const seconds = (performance.now() - began) / 1000;
    return {
      frames: (watched.frames - frames) / seconds,
      pictures: (watched.pictures - pictures) / seconds,
      loadingTask,
      task: watched.task / 1000,
    };
  });
  await page.close();
  return seen;
}

/**
 * Seconds from the request of the first screen to its heading, to the predicted diagram with a network beside it, and to the
 * end of the last task over 50 ms of the first seconds, if it is later.
 */
export async function firstPicture(lab) {
  const page = await lab.open('', watch);
  await page.waitForTimeout(4000);
  const { picture, meaningful, lastLongTask } = await page.evaluate(() => globalThis.watched);
  await page.close();
  return {
    picture: picture / 1000,
    meaningful: meaningful / 1000,
    interactive: Math.max(meaningful, lastLongTask) / 1000,
  };
}

/** Seconds from the request of the page to its complete trained diagram. */
export async function diagramSeconds(lab, link) {
  const page = await lab.open(link);
  await page.waitForFunction(() => globalThis.lab.diagrams.status === 'done', undefined, {
    polling: 20,
  });
  const seconds = (await page.evaluate(() => performance.now())) / 1000;
  await page.close();
  return seconds;
}
