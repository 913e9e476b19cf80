// The seconds of the demo's clock, which is ahead of this machine's by as much as the player has let go by.
let zone
let maker

export function tick() {
  const clock = document.getElementById('clock')
  if (clock.dataset.zone !== zone) {
    zone = clock.dataset.zone
    maker = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium', timeZone: zone })
  }
  clock.textContent = maker.format(Date.now() + Number(clock.dataset.ahead))
}

tick()
setInterval(tick, 1000)
