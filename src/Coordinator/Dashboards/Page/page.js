'use strict';
// Asks the coordinator once a second for what is new, and draws it. No library, nothing from elsewhere.

const INTERVAL = 1000, SVG = 'http://www.w3.org/2000/svg', MOST_POINTS = 700, MOST_EVENTS = 200, PARTS = 5, MOST_DECADES = 2;
const seen = { steps: [], epochs: [], events: [], resumes: -1, pictureStep: -1, perEpoch: 1 };
const at = id => document.getElementById(id);
let failures = 0, ended = false;

function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
function html(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
const number = (value, digits = 4) => value == null ? '–' : Number(value).toFixed(digits);
const percent = share => share == null ? '–' : (100 * share).toFixed(2) + ' %';
const round = value => value == null ? '–' : Math.round(value).toLocaleString('en');
const short = value => value === 0 ? '0' : Math.abs(value) >= 0.01 && Math.abs(value) < 1e5 ? String(+value.toPrecision(3)) : value.toExponential(1);
const tick = value => value !== 0 && Math.abs(value) < 1e-3 ? (+value.toPrecision(6)).toExponential() : value.toLocaleString('en', { maximumFractionDigits: 6 });
const tickOfShare = share => `${tick(100 * share)} %`;
function duration(seconds) {
  if (seconds == null) return '–';
  const all = Math.round(seconds), parts = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return parts.map((part, i) => i ? String(part).padStart(2, '0') : part).join(':');
}

// Every so many-th point, and always the last.
function thin(points) {
  const stride = Math.ceil(points.length / MOST_POINTS);
  return stride <= 1 ? points : points.filter((_, i) => i % stride === 0 || i === points.length - 1);
}

// From where to where an axis goes, and the round numbers along it: 1, 2 or 5 times a power of ten. The rules are those of Runs/Axis.cs.
// kind: 'whole' (no further than low and high), 'linear', 'share' (never more than 1), 'log' (of numbers above zero).
function axis(low, high, kind) {
  if (kind === 'log') return logarithmic(low, high);
  if (low === high) {
    const around = Math.abs(low) / 2 || 1, [down, up] = { whole: [0.5, 0.5], share: [Math.min(low, 0.1), Math.min(1 - low, 0.1)] }[kind] ?? [around, around];
    [low, high] = [low - down, high + up];
  }
  const least = (high - low) / PARTS, power = 10 ** Math.floor(Math.log10(least)), round = power * ([1, 2, 5].find(factor => factor * power >= least) ?? 10);
  const isWhole = kind === 'whole', step = isWhole ? Math.max(1, round) : round;
  const [first, last] = isWhole ? [Math.ceil(low / step), Math.floor(high / step)] : [Math.floor(low / step), Math.ceil(high / step)];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  if (!isWhole) [low, high] = [first * step, last * step];
  return { ticks, at: value => (value - low) / (high - low) };
}
function logarithmic(low, high) {
  const first = Math.floor(Math.log10(low)), powers = Array.from({ length: Math.floor(Math.log10(high)) + 2 - first }, (_, i) => first + i);
  const round = powers.flatMap(power => [1, 2, 5].map(factor => factor * 10 ** power));
  const begin = round.findLast(mark => mark <= low), end = round.find(mark => mark >= high && mark > begin), decades = Math.log10(end / begin);
  const marks = decades > MOST_DECADES ? powers.filter(power => power % Math.ceil(decades / PARTS) === 0).map(power => 10 ** power) : round;
  return { ticks: marks.filter(mark => mark >= begin && mark <= end), at: value => Math.log(value / begin) / Math.log(end / begin) };
}

// As wide as its place, so that what is written in it is as large everywhere.
const widthOf = place => Math.max(300, place.clientWidth);

// curves: [{name, colour, pale, points: [[x, y]]}]; x are whole numbers; kind: of y's axis.
function chart(place, curves, kind, label) {
  const width = widthOf(place), height = 240, left = 52, right = 26, top = 10, bottom = 42;
  const isShown = point => point[1] != null && (kind !== 'log' || point[1] > 0), text = kind === 'share' ? percent : short;
  curves = curves.map(curve => ({ ...curve, points: thin(curve.points.filter(isShown)) })).filter(curve => curve.points.length);
  const all = curves.flatMap(curve => curve.points);
  if (!all.length) {
    place.replaceChildren(html('p', 'hint', 'Nothing yet.'));
    return;
  }
  const over = (i, kindOf) => axis(Math.min(...all.map(point => point[i])), Math.max(...all.map(point => point[i])), kindOf);
  const across = over(0, 'whole'), up = over(1, kind);
  const x = value => left + across.at(value) * (width - left - right), y = value => height - bottom - up.at(value) * (height - top - bottom);
  const svg = element('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
  for (const value of up.ticks)
    svg.append(element('path', { d: `M${left} ${y(value)}H${width - right}`, class: 'grid' }),
      element('text', { x: left - 6, y: y(value) + 4, class: 'up' }, kind === 'share' ? tickOfShare(value) : tick(value)));
  for (const value of across.ticks)
    svg.append(element('path', { d: `M${x(value)} ${height - bottom}v4`, class: 'grid' }), element('text', { x: x(value), y: height - bottom + 16, class: 'across' }, tick(value)));
  curves.forEach((curve, i) => {
    svg.append(element('path', { d: 'M' + curve.points.map(point => `${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`).join('L'),
      class: `curve ${curve.colour}${curve.pale ? ' pale' : ''}`, 'data-points': curve.points.length }));
    const last = curve.points[curve.points.length - 1];
    if (curve.points.length < 3) svg.append(element('circle', { cx: x(last[0]), cy: y(last[1]), r: 3, class: `fill-${curve.colour}` }));
    const keyX = i * Math.min(150, width / curves.length);
    svg.append(element('path', { d: `M${keyX} ${height - 8}h18`, class: `curve ${curve.colour}${curve.pale ? ' pale' : ''}` }),
      element('text', { x: keyX + 24, y: height - 4 }, `${curve.name} ${text(last[1])}`));
  });
  place.replaceChildren(svg);
}

function histogram(counts) {
  const width = 130, height = 22, most = Math.max(1, ...counts), bar = width / counts.length, middle = (counts.length - 1) / 2;
  const sum = (from, to) => round(counts.slice(from, to).reduce((a, b) => a + b, 0));
  const text = `${sum(0, middle)} negative, ${sum(middle, middle + 1)} zero, ${sum(middle + 1)} positive`;
  const svg = element('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': text }, element('title', {}, text));
  counts.forEach((count, i) => {
    if (!count) return;
    const tall = Math.max(1, height * count / most);
    svg.append(element('rect', { x: i * bar, y: height - tall, width: bar * 0.9, height: tall, class: i === middle ? 'fill-two' : 'fill-one' }));
  });
  return svg;
}

function timeline(place, pieces) {
  if (!pieces.length) {
    place.replaceChildren(html('p', 'hint', 'No step is under way here.'));
    return;
  }
  const workers = [...new Set(pieces.map(piece => piece.worker))].sort((a, b) => a - b);
  const last = Math.max(...pieces.map(piece => piece.step));
  pieces = pieces.filter(piece => piece.step > last - 12);
  const begin = Math.min(...pieces.map(piece => piece.begin)), end = Math.max(...pieces.map(piece => piece.end));
  const width = widthOf(place), row = 24, left = 70, right = 10, height = workers.length * row + 26;
  const x = seconds => left + (seconds - begin) / Math.max(1e-9, end - begin) * (width - left - right);
  const svg = element('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': 'Who computed when in the last steps' });
  workers.forEach((worker, i) => svg.append(element('text', { x: 0, y: i * row + 16 }, `worker ${worker}`), element('path', { d: `M${left} ${i * row + 22}H${width - right}`, class: 'grid' })));
  for (const piece of pieces) {
    const y = workers.indexOf(piece.worker) * row + 4, whole = piece.end - piece.begin, compute = Math.min(whole, piece.compute);
    const title = element('title', {}, `step ${piece.step}, worker ${piece.worker}: ${piece.shards} shards, ${(1000 * whole).toFixed(1)} ms, ${(1000 * compute).toFixed(1)} of them computing`);
    svg.append(element('g', {}, title,
      element('rect', { x: x(piece.begin), y, width: Math.max(0.7, x(piece.begin + compute) - x(piece.begin)), height: 15, class: 'compute' }),
      element('rect', { x: x(piece.begin + compute), y, width: Math.max(0.5, x(piece.end) - x(piece.begin + compute)), height: 15, class: 'send' })));
  }
  svg.append(element('text', { x: left, y: height - 4 }, `steps ${Math.min(...pieces.map(piece => piece.step)) + 1} to ${last + 1}`),
    element('text', { x: width - right, y: height - 4, 'text-anchor': 'end' }, `${(1000 * (end - begin)).toFixed(1)} ms`));
  place.replaceChildren(svg);
}

function workerRow(worker) {
  const isGone = worker.state === 'lost' || worker.state === 'excluded', isSlow = worker.state === 'late' || worker.state === 'stalled';
  const bar = html('span', 'shares');
  if (worker.times) {
    bar.title = `compute ${percent(worker.times.compute)}, send ${percent(worker.times.send)}, wait ${percent(worker.times.wait)}`;
    for (const part of ['compute', 'send']) {
      const piece = html('i', part);
      piece.style.width = `${100 * worker.times[part]}%`;
      bar.append(piece);
    }
  }
  const row = html('tr', isGone ? 'gone' : isSlow ? 'slow' : '', html('td', '', String(worker.number)), html('td', '', worker.name), html('td', 'state', worker.state),
    html('td', 'num', isGone ? '–' : String(worker.shards || '–')), html('td', 'num', worker.samplesPerSecond ? round(worker.samplesPerSecond) : '–'), html('td', '', worker.times ? bar : ''));
  if (worker.why) row.title = worker.why;
  return row;
}

function eventRow(line) {
  const time = html('time', '', new Date(line.at).toLocaleTimeString());
  time.dateTime = line.at;
  return html('li', line.isWarning ? 'warning' : '', time, html('span', '', `step ${round(line.step)}: ${line.text}${line.before ? `, and ${round(line.before)} before` : ''}`));
}

// Of checkpoints that follow one another the last, with how many were before it: they come often, and what happens to workers is to be seen.
function together(events) {
  const lines = [];
  for (const line of events) {
    const follows = line.what === 'checkpoint' && lines.length && lines[lines.length - 1].what === 'checkpoint';
    lines.push({ ...line, before: follows ? lines.pop().before + 1 : 0 });
  }
  return lines;
}

function drawCurves() {
  chart(at('loss-chart'), [
    { name: 'step', colour: 'one', pale: true, points: seen.steps.map(step => [step.step, step.loss]) },
    { name: 'train', colour: 'one', points: seen.epochs.map(epoch => [epoch.epoch * seen.perEpoch, epoch.trainLoss]) },
    { name: 'test', colour: 'two', points: seen.epochs.map(epoch => [epoch.epoch * seen.perEpoch, epoch.testLoss]) }], at('log').checked ? 'log' : 'linear', 'Loss over steps');
  chart(at('accuracy-chart'), [
    { name: 'train', colour: 'one', points: seen.epochs.map(epoch => [epoch.epoch, epoch.trainAccuracy]) },
    { name: 'test', colour: 'two', points: seen.epochs.map(epoch => [epoch.epoch, epoch.testAccuracy]) }], 'share', 'Accuracy over epochs');
}

function show(data) {
  if (data.resumes !== seen.resumes) Object.assign(seen, { steps: [], epochs: [], resumes: data.resumes });
  seen.steps.push(...data.steps);
  seen.epochs.push(...data.epochLines);
  seen.events.push(...data.events);
  document.title = `${data.state} – ${data.run}`;
  at('run').textContent = data.run;
  const state = at('state');
  if (state.textContent !== data.state) state.textContent = data.state;
  state.className = `pill ${data.state}`;
  at('progress').value = data.totalSteps ? data.step / data.totalSteps : 0;
  const epoch = data.stepsPerEpoch ? Math.min(data.epochs, Math.floor(data.step / data.stepsPerEpoch) + 1) : seen.epochs.length;
  at('epoch').textContent = data.epochs ? `${round(epoch)} / ${round(data.epochs)}` : round(epoch);
  at('step').textContent = data.totalSteps ? `${round(data.step)} / ${round(data.totalSteps)}` : round(data.step);
  at('loss').textContent = number(data.loss);
  at('accuracy').textContent = percent(data.accuracy);
  at('rate').textContent = data.samplesPerSecond ? round(data.samplesPerSecond) : '–';
  at('left').textContent = duration(data.secondsLeft);
  at('stop').disabled = at('checkpoint').disabled = !data.isLive;
  if (data.reason && data.reason !== 'done') say(data.reason);

  seen.perEpoch = data.stepsPerEpoch || (seen.epochs[0] ? seen.epochs[0].step : 1);
  drawCurves();
  at('workers').tBodies[0].replaceChildren(...data.workers.map(workerRow));
  timeline(at('timeline'), data.timeline);
  at('layers').hidden = !data.layers;
  at('no-layers').hidden = !!data.layers;
  if (data.layers) {
    at('layers-step').textContent = `after step ${round(data.layers.step)}`;
    at('layers').querySelector('tbody').replaceChildren(...data.layers.layers.map(layer => html('tr', '', html('td', '', layer.name), html('td', 'num', layer.weightNorm == null ? '–' : short(layer.weightNorm)),
      html('td', '', histogram(layer.weights)), html('td', 'num', layer.gradientNorm == null ? '–' : short(layer.gradientNorm)), html('td', '', layer.gradients ? histogram(layer.gradients) : '–'))));
  }
  at('diagnosis').replaceChildren(...data.diagnosis.map(sentence => html('li', '', sentence)));
  at('events').replaceChildren(...together(seen.events).slice(-MOST_EVENTS).reverse().map(eventRow));
  const [picture] = data.pictures;
  at('picture-section').hidden = !picture;
  if (picture && data.pictureStep !== seen.pictureStep) {
    seen.pictureStep = data.pictureStep;
    at('picture-title').textContent = picture === 'regions' ? 'Decision regions' : 'Weights of the first layer (64 units at most)';
    at('picture').alt = at('picture-title').textContent;
    at('picture').src = `/picture/${picture}.png?step=${data.pictureStep}`;
  }
  ended = !data.isLive && data.state !== 'running';
}

function say(text) {
  at('message').textContent = text;
  at('message').hidden = false;
}

async function look() {
  try {
    const answer = await fetch(`/api/run?steps=${seen.steps.length}&epochs=${seen.epochs.length}&events=${seen.events.length}&resumes=${Math.max(0, seen.resumes)}`);
    if (!answer.ok) throw new Error(await answer.text());
    show(await answer.json());
    failures = 0;
  } catch (wrong) {
    if (!ended && ++failures >= 3) {
      at('state').textContent = 'gone';
      at('state').className = 'pill gone';
      at('stop').disabled = at('checkpoint').disabled = true;
      say(`The program that led this run does not answer any more (${wrong.message}). What it kept is shown by: dashboard ${at('run').textContent}`);
    }
  }
  if (!ended) setTimeout(look, failures ? 2 * INTERVAL : INTERVAL);
}

async function ask(what) {
  try {
    const answer = await fetch(`/api/${what}`, { method: 'POST', headers: { 'X-Distributed': '1' } });
    say((await answer.json()).text);
  } catch (wrong) {
    say(`No answer: ${wrong.message}`);
  }
}

// A browser may refuse to keep anything.
function remember(key, value) {
  try { localStorage.setItem(key, value); } catch { }
}
function remembered(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

at('log').checked = remembered('log') === 'true';
at('log').addEventListener('change', () => { remember('log', at('log').checked); drawCurves(); });
at('checkpoint').addEventListener('click', () => ask('checkpoint'));
at('stop').addEventListener('click', () => at('sure').showModal());
at('sure').addEventListener('close', () => { if (at('sure').returnValue === 'stop') ask('stop'); });
look();
