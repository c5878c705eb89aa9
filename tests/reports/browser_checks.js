/* What a page is asked in a browser; each answers with a list of faults. */
window.twill = (function () {
  function shown(element) {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && element.checkVisibility();
  }
  function said(element) {
    return `<${element.localName}> ${element.textContent.trim().slice(0, 40)}`;
  }
  const TEXT = "h1,h2,h3,p,th,td,dt,dd,figcaption,summary,nav a,button,li";

  /* The page is no wider than the window; what is outside of it is in a box that scrolls. */
  function overflow() {
    const faults = [];
    if (document.documentElement.scrollWidth > innerWidth)
      faults.push(`page is ${document.documentElement.scrollWidth} wide, window ${innerWidth}`);
    for (const element of document.querySelectorAll(TEXT)) {
      if (!shown(element) || element.closest(".scroll")) continue;
      const box = element.getBoundingClientRect();
      if (box.right > innerWidth + 1 || box.left < -1) faults.push(`outside: ${said(element)}`);
      if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth)
        faults.push(`cut off: ${said(element)}`);
    }
    return faults;
  }

  /* No two siblings with text lie over each other, by their lines of text. */
  function overlap() {
    const faults = [];
    const groups = new Map();
    for (const element of document.querySelectorAll(TEXT)) {
      if (!shown(element)) continue;
      if (!groups.has(element.parentNode)) groups.set(element.parentNode, []);
      groups.get(element.parentNode).push([element, element.getBoundingClientRect()]);
    }
    for (const group of groups.values())
      for (let i = 0; i < group.length; i++)
        for (let j = i + 1; j < group.length; j++) {
          const [a, b] = [group[i][1], group[j][1]];
          const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          if (x > 1 && y > 1) faults.push(`overlap: ${said(group[i][0])} and ${said(group[j][0])}`);
        }
    for (const cell of document.querySelectorAll("td, th"))
      if (shown(cell) && cell.scrollWidth > cell.clientWidth + 1)
        faults.push(`overflows its cell: ${said(cell)}`);
    return faults;
  }

  /* Text of pictures is inside of them, and of a size that can be read. */
  function pictures() {
    const faults = [];
    for (const svg of document.querySelectorAll("svg.twill-picture")) {
      const frame = svg.getBoundingClientRect();
      const scale = frame.width / svg.viewBox.baseVal.width;
      for (const text of svg.querySelectorAll("text")) {
        const box = text.getBoundingClientRect();
        if (!box.width) continue;
        const size = parseFloat(getComputedStyle(text).fontSize) * scale;
        if (size < 9) faults.push(`${size.toFixed(1)} px: ${said(text)}`);
        const out = Math.max(frame.left - box.left, box.right - frame.right,
          frame.top - box.top, box.bottom - frame.bottom);
        if (out > 1.5) faults.push(`clipped by ${out.toFixed(1)} px: ${said(text)}`);
      }
    }
    return faults;
  }

  function channels(color) {
    const found = color.match(/[\d.]+/g).map(Number);
    return { rgb: found.slice(0, 3), alpha: found.length > 3 ? found[3] : 1 };
  }
  function luminance(rgb) {
    const [r, g, b] = rgb.map((v) => {
      const s = v / 255;
      return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function ground(element) {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.alpha > 0.99) return color.rgb;
    }
    return [255, 255, 255];
  }

  /* Every run of text outside of pictures stands out from its ground: 4.5 to 1. */
  function contrast() {
    const faults = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.textContent.trim() || element.closest("svg, script, style")) continue;
      if (!shown(element)) continue;
      const ink = luminance(channels(getComputedStyle(element).color).rgb);
      const paper = luminance(ground(element));
      const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      if (ratio < 4.5) faults.add(`${ratio.toFixed(2)}: ${said(element)}`);
    }
    return [...faults];
  }

  return { overflow, overlap, pictures, contrast };
})();
