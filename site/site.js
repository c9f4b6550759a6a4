// Wide tables and formulas scroll; keyboards can reach them.
for (const box of document.querySelectorAll('.tsd-typography table, .tsd-typography pre'))
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;

// The menu shows the current page.
document.querySelector('.menu-of-pages [aria-current]')?.scrollIntoView({ block: 'nearest' });
