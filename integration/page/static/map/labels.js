// Labels that don't lie on one another: each takes the first free place around its point, the urgent ones first.

export class Labels {
  #taken = [];

  // Keeps a rectangle free.
  keep(x, y, width, height) {
    this.#taken.push({ x, y, width, height });
  }

  // This rectangle if it is free, which it then is not any more; else null.
  take(x, y, width, height) {
    const box = { x, y, width, height };
    if (this.#taken.some((other) => meet(box, other))) return null;
    this.#taken.push(box);
    return box;
  }

  // A place for a label of this size near a point; null if there is none. Gaps: tried one after the other.
  find(x, y, width, height, ...gaps) {
    for (const gap of gaps.length ? gaps : [10]) {
      const found = this.#around(x, y, width, height, gap);
      if (found) return found;
    }
    return null;
  }

  #around(x, y, width, height, gap) {
    const places = [
      [x + gap, y - height / 2],
      [x - gap - width, y - height / 2],
      [x - width / 2, y - gap - height],
      [x - width / 2, y + gap],
      [x + gap, y + gap],
      [x - gap - width, y + gap],
      [x + gap, y - gap - height],
      [x - gap - width, y - gap - height],
      [x + gap, y + gap + height],
      [x - gap - width, y + gap + height],
    ];
    for (const [left, top] of places) {
      const box = this.take(left, top, width, height);
      if (box) return box;
    }
    return null;
  }
}

function meet(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

// How wide text is: a Chinese character is as wide as it is high.
export function width(text, size) {
  let units = 0;
  for (const letter of text) units += letter.codePointAt(0) > 0x2e7f ? 1 : 0.58;
  return units * size;
}
