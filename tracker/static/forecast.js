// The sliders of a forecast say their value while they move.
document.addEventListener("input", ({ target }) => {
  const said = target.type === "range" && target.parentElement.querySelector("output");
  if (!said) return;
  const nought = said.dataset.nought && target.value === "0";
  said.textContent = nought ? said.dataset.nought : target.value + said.dataset.unit;
  target.setAttribute("aria-valuetext", said.textContent);
});
for (const button of document.querySelectorAll("[data-unscripted]")) button.remove();
