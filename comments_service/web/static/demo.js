// The tour of the demonstration: the post opens in a window as narrow as a telephone.
"use strict";

for (const link of document.querySelectorAll("a[data-narrow]")) {
  link.addEventListener("click", (event) => {
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (plain && window.innerWidth > 600) {
      const opened = window.open(link.href, "telefono", "popup,width=390,height=844");
      if (opened) {
        event.preventDefault();
      }
    }
  });
}
